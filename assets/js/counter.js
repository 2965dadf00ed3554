// Says how many letters are left, once it matters: near the end of what a text may hold.
const NEAR = 0.8;

export function counter(container) {
  for (const words of container.querySelectorAll("[data-counter]:not([data-alive])")) {
    words.dataset.alive = "";
    const field = words.previousElementSibling;
    field.addEventListener("input", () => {
      const left = field.maxLength - field.value.length;
      words.textContent = field.value.length > field.maxLength * NEAR ? words.dataset.counter.replace("%s", String(left)) : "";
    });
  }
}
