// Behaviour of every page. Each part finds its own elements, so fragments that htmx brings in come alive as well.
import "htmx.org/dist/htmx.esm.js";
import { watchBlocked } from "./blocked.js";
import { watchBulk } from "./bulk.js";
import { watchConfirmations } from "./confirm.js";
import { watchDrafts } from "./draft.js";
import { watchKeys } from "./keys.js";
import { watchMenus } from "./menus.js";
import { watchPhrases } from "./phrases.js";
import { watchPreview } from "./preview.js";
import { watchRepeats } from "./repeats.js";
import { watchReasons } from "./reveal.js";
import { watchSteps } from "./steps.js";
import { watchToasts } from "./toasts.js";
import { watchUploads } from "./uploads.js";

watchToasts();
watchMenus();
watchConfirmations();
watchPreview();
watchBulk();
watchPhrases();
watchRepeats();
watchReasons();
watchSteps();
watchBlocked();
watchUploads();
watchDrafts();
watchKeys();
