// "Add another": copies the formset's empty form. Without a script the server sends spare rows.
export function formset(container) {
  for (const box of container.querySelectorAll("[data-formset]:not([data-alive])")) {
    box.dataset.alive = "";
    const total = box.querySelector(`[name="${box.dataset.formset}-TOTAL_FORMS"]`);
    const maximum = Number(box.querySelector(`[name="${box.dataset.formset}-MAX_NUM_FORMS"]`)?.value || 1000);
    const rows = box.querySelector("[data-rows]");
    const template = box.querySelector("template");
    const button = box.querySelector("[data-add]");
    if (!total || !rows || !template || !button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const number = Number(total.value);
      if (number >= maximum) return;
      const holder = document.createElement("tbody");
      holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(number));
      const row = holder.firstElementChild;
      copyFromAbove(rows.lastElementChild, row);
      rows.append(row);
      total.value = String(number + 1);
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      document.body.dispatchEvent(new CustomEvent("formset:added", { detail: { row }, bubbles: true }));
    });
  }
}

/** What people repeat from row to row (data-repeat on the field) is taken from the row above. */
function copyFromAbove(above, row) {
  if (!above) return;
  const ends = (field) => field.name.replace(/^.*-\d+-/, "");
  for (const field of row.querySelectorAll("[data-repeat]")) {
    const source = [...above.querySelectorAll("[data-repeat]")].find((other) => ends(other) === ends(field));
    if (source) field.value = source.value;
  }
}
