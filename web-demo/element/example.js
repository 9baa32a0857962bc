// A badge of the registry's own. It reads the verdict from the event of the element and from nowhere else.
const badge = document.getElementById('badge');

document.addEventListener('kettle-verdict', ({ detail }) => {
  badge.textContent = `In your browser, just now: ${detail.verdict.outcome}`;
});

document.addEventListener('kettle-fault', ({ detail }) => {
  badge.textContent = `There is no verdict: ${detail.message}`;
});
