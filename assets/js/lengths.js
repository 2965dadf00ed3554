// A length is tapped or typed: what came last stands alone.
export function lengths(container) {
  for (const box of container.querySelectorAll("[data-lengths]:not([data-alive])")) {
    box.dataset.alive = "";
    const form = box.closest("form");
    const typed = form.elements.hours;
    box.addEventListener("change", () => {
      typed.value = "";
    });
    typed.addEventListener("input", () => {
      if (typed.value.trim()) for (const choice of box.querySelectorAll(":checked")) choice.checked = false;
    });
  }
}
