// A button that shows what was typed. It needs a script, so a script puts it there.
export function passwords(container) {
  for (const box of container.querySelectorAll("[data-password]:not([data-alive])")) {
    box.dataset.alive = "";
    const input = box.querySelector("input");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-controls", input.id);
    const show = (visible) => {
      input.type = visible ? "text" : "password";
      button.textContent = visible ? box.dataset.hide : box.dataset.show;
    };
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
    show(false);
    box.append(button);
  }
}
