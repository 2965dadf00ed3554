// A form that came back wrong: the summary takes the focus, so that it is read aloud and in view.
export function errorSummary(container) {
  const summary = container.querySelector("[data-errors]");
  if (!summary) return;
  summary.focus();
  const word = summary.dataset.errors;
  if (word && !document.title.startsWith(word)) document.title = `${word}: ${document.title}`;
}
