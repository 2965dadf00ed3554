// A menu is a <details>; with a script it also closes on Escape and on a click elsewhere.
export function menus() {
  const open = () => document.querySelectorAll("details.pl-menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // "Cancel" inside a confirmation folds it again.
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-close]");
    const sheet = cancel?.closest("details");
    if (!sheet) return;
    event.preventDefault();
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
}
