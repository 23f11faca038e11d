// dmn-js in Chinese.
import { locale } from "../page.js";

const CHINESE = {
  "Activate hand tool": "移动画布", "Activate lasso tool": "框选", "Add cell description": "给单元格加说明", "Add input": "增加条件列",
  "Add input column left": "在左边增加条件列", "Add input column right": "在右边增加条件列", "Add output": "增加结果列", "Add output column left": "在左边增加结果列",
  "Add output column right": "在右边增加结果列", "Add parameter": "增加参数", "Add predefined values": "增加可选值", "Add rule": "增加一行", "Add rule above": "在上方增加一行",
  "Add rule below": "在下方增加一行", "Add text annotation": "添加批注", "Add values": "增加值", After: "晚于", And: "并且", Annotation: "说明", Annotations: "说明",
  "Append business knowledge model": "追加业务知识", "Append decision": "追加决策", "Append input data": "追加输入数据", "Append knowledge source": "追加依据", Before: "早于", Between: "介于",
  "Boolean value": "是或否", "Change cell expression language": "更改表达式语言", "Change type": "更改类型", "Clear predefined values": "清除可选值", Comparison: "比较",
  "Comparison operator": "比较方式", "Connect to other element": "连接到其他元素", "Copy input column": "复制条件列", "Copy output column": "复制结果列", "Copy rule": "复制这一行",
  "Create decision": "新建决策", "Create input data": "新建输入数据", "Create knowledge model": "新建业务知识", "Create knowledge source": "新建依据", "Custom values": "自定值",
  "Cut input column": "剪切条件列", "Cut output column": "剪切结果列", "Cut rule": "剪切这一行", Date: "日期", "Date and time": "日期时间", "Date and time value": "日期时间", "Date value": "日期",
  "Decision name": "决策名称", "Decision name: ": "决策名称：", "Definition ID": "标识", "Definition name": "名称", Delete: "删除", "Duration value": "时长", Edit: "编辑", "Edit boolean": "编辑是否",
  "Edit date": "编辑日期", "Edit date and time": "编辑日期时间", "Edit duration": "编辑时长", "Edit end date": "编辑结束日期", "Edit formal parameters": "编辑参数", "Edit function kind": "编辑函数种类",
  "Edit input": "编辑条件", "Edit number": "编辑数字", "Edit output": "编辑结果", "Edit start date": "编辑开始日期", "Edit string": "编辑文本", "Edit time": "编辑时间",
  "Editing not supported for set expression language": "不能编辑这种表达式语言", "Element name": "元素名称", "End date": "结束日期", "End value": "结束值", "Enter expression": "输入表达式", Equals: "等于", Exactly: "正好",
  Exclude: "不含", Expression: "表达式", "Expression language": "表达式语言", "Expression language:": "表达式语言：", "Greater": "大于", "Greater or equals": "大于等于", "Hit policy": "命中规则", "Hit policy:": "命中规则：",
  Include: "含", Input: "条件", "Input expression": "条件表达式", "Input expression: ": "条件表达式：", "Input label": "条件名称", "Input label: ": "条件名称：", "Input type": "条件类型", "Input values": "可选的条件值", Kind: "种类",
  Less: "小于", "Less or equals": "小于等于", "Literal expression": "表达式", "Literal expression editor": "表达式编辑", "Match none": "都不是", "Match one": "其中之一", "Move rule": "移动这一行", No: "否", "No values": "没有值",
  Output: "结果", "Output label": "结果名称", "Output label: ": "结果名称：", "Output name": "结果变量", "Output name: ": "结果变量：", "Output type": "结果类型", "Output values": "可选的结果值",
  "Paste input column left": "粘贴到左边", "Paste input column right": "粘贴到右边", "Paste output column left": "粘贴到左边", "Paste output column right": "粘贴到右边", "Paste rule above": "粘贴到上方", "Paste rule below": "粘贴到下方",
  "Predefined values": "可选值", Range: "范围", "Range end value": "上限", "Range start value": "下限", "Remove cell description": "删除单元格说明", "Remove input column": "删除条件列", "Remove output column": "删除结果列",
  "Remove parameter": "删除参数", "Remove rule": "删除这一行", Resize: "调整大小", "Set value": "设置值", "Start date": "开始日期", "Start value": "开始值", "String value": "文本", "Strings must be in double quotes": "文本要加双引号",
  "Test type": "判断方式", Then: "则", Time: "时间", Type: "类型", "Use now": "现在", "Use today": "今天", Value: "值", Values: "值", "Variable name": "变量名", "Variable name:": "变量名：", "Variable type": "变量类型",
  "Variable type:": "变量类型：", "View DRD": "查看决策关系图", When: "当", Yes: "是", name: "名称",
};

function translate(template, replacements = {}) {
  const text = locale === "zh" ? (CHINESE[template] ?? template) : template;
  return text.replace(/\{\s*([^}]+?)\s*\}/g, (whole, key) => replacements[key] ?? whole);
}

export const translateModule = { translate: ["value", translate] };
