// Rows with a tick box: "all" ticks every row, and the bar says how many are ticked.
export function selection(container) {
  const forms = container.matches("[data-selection]") ? [container] : container.querySelectorAll("[data-selection]");
  for (const form of forms) {
    if ("alive" in form.dataset) continue;
    form.dataset.alive = "";
    const rows = () => [...form.querySelectorAll("[data-row]")];
    const all = form.querySelector("[data-all]");
    const count = form.querySelector("[data-count]");
    const bar = form.querySelector("[data-toolbar]");
    const show = () => {
      const ticked = rows().filter((box) => box.checked).length;
      if (count) count.textContent = (ticked === 1 ? count.dataset.one : count.dataset.many).replace("%s", String(ticked));
      // With nothing chosen the bar has nothing to do, and on a phone it hides the rows; an error in it stays.
      if (bar) bar.hidden = ticked === 0 && !bar.querySelector("[aria-invalid]");
      if (!all) return;
      all.checked = ticked > 0 && ticked === rows().length;
      all.indeterminate = ticked > 0 && !all.checked;
    };
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of rows()) box.checked = all.checked;
      show();
    });
    all?.closest("[hidden]")?.removeAttribute("hidden");
    show();
  }
}
