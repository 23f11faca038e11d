// bpmn-js put together: what each module is for stands beside it.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";
import { CloudElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import ZeebeBehaviorsModule from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import MinimapModule from "diagram-js-minimap";
import TokenSimulationModule from "bpmn-js-token-simulation";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { known } from "../page.js";
import { lintModule, lintOptions } from "./lint.js";
import { panelModule } from "./panel/provider.js";
import { translateModule } from "./translate.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export function makeModeler({ canvas, properties, readOnly }) {
  const bpmnRenderer = { defaultStrokeColor: colour("ink-2"), defaultLabelColor: colour("ink") };
  const shared = { container: canvas, bpmnRenderer, moddleExtensions: { zeebe } };
  if (readOnly) return new NavigatedViewer({ ...shared, additionalModules: [translateModule] });
  const modeler = new Modeler({
    ...shared,
    propertiesPanel: { parent: properties },
    linting: lintOptions,
    additionalModules: [
      translateModule,
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      ZeebeBehaviorsModule,
      CloudElementTemplatesPropertiesProviderModule,
      panelModule, // our settings in words: who, until when, form, operation
      MinimapModule,
      TokenSimulationModule,
      lintModule,
    ],
  });
  modeler.get("elementTemplatesLoader").setTemplates(known.blocks);
  return modeler;
}
