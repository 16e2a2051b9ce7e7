// Starts the phone page: the frame of every screen, and the one screen that is shown.
import { applyLook } from "./look.js";
import { frame } from "./frame.js";
import { page } from "./page.js";
import { install } from "./installing.js";
import { show as day } from "./day.js";
import { show as visits } from "./visits.js";
import { show as doors } from "./doors.js";
import { show as matter } from "./matter.js";
import { show as report } from "./report.js";
import { show as round } from "./round.js";
import { show as outbox } from "./outbox.js";
import { show as settings } from "./settings.js";

const SCREENS = { day, visits, doors, matter, report, round, outbox, settings };

applyLook();
install();
await SCREENS[page.screen]();
document.documentElement.dataset.ready = "yes";
await frame();
