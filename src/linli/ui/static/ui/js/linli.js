// Starts every behaviour on the page and on parts that arrive later. Loaded by both shells:
//   <script type="module" src="…/ui/js/linli.js"></script>
import { bind as keepDraft } from "./keep-draft.js";
import { bind as shrinkPhotos } from "./shrink-photos.js";
import { bind as pastePhotos } from "./paste-photos.js";
import { bind as pulse } from "./pulse.js";
import { bind as locate } from "./locate.js";
import { bind as confirmFirst } from "./confirm.js";
import { bind as theme } from "./theme.js";
import { bind as pointOnScheme } from "./point-on-scheme.js";
import { bind as once } from "./once.js";
import { bind as focusFault } from "./focus-fault.js";
import { bind as focusKey } from "./focus-key.js";
import { bind as hideOnLeave } from "./hide-on-leave.js";

const behaviours = [theme, keepDraft, shrinkPhotos, pastePhotos, locate, confirmFirst, pointOnScheme, once, pulse, focusFault, focusKey, hideOnLeave];

function start(part) {
  for (const bind of behaviours) bind(part);
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
document.addEventListener("linli:changed", (event) => start(event.target));
