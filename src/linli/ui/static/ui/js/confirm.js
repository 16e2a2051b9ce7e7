// Asks before something that is hard to take back:
//   <form method="post" data-confirm="确定退回吗？"> or <button data-confirm="…">
import { fresh } from "./bound.js";

export function bind(part) {
  for (const element of fresh(part, "data-confirm")) {
    const kind = element instanceof HTMLFormElement ? "submit" : "click";
    element.addEventListener(kind, (event) => {
      if (!window.confirm(element.dataset.confirm)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, { capture: true });
  }
}
