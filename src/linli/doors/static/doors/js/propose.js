// Asks for categories while somebody types; the form's own button does the same without scripts:
//   <form …> <section data-propose="id-of-the-answer"> <textarea name="summary"> … <div id="…" aria-live="polite"></div></section>
const PAUSE = 500;

for (const section of document.querySelectorAll("[data-propose]")) {
  const words = section.querySelector("textarea");
  const answer = document.getElementById(section.dataset.propose);
  let timer = 0;
  let asked = words.value.trim();
  let running = null;

  const ask = async () => {
    const wanted = words.value.trim();
    if (wanted === asked) return;
    asked = wanted;
    running?.abort();
    running = new AbortController();
    const body = new FormData();
    body.set("csrfmiddlewaretoken", words.form.elements.csrfmiddlewaretoken.value);
    body.set("summary", wanted);
    body.set("step", "category");
    body.set("propose", "1");
    try {
      const found = await fetch(words.form.action, { method: "POST", body, signal: running.signal });
      if (found.ok) answer.innerHTML = await found.text();
    } catch {
      asked = "";
    }
  };
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
