/**
 * What runs in the page of `dedupe --html`: a likeness that comes into view gives way to the file itself,
 * as long as that is where it was and this browser can show it.
 */
export const UPGRADE = `'use strict';
(() => {
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    const full = new Image();
    full.src = target.parentElement.href;
    full.decode().then(() => {
      target.src = full.src;
      target.closest('.likeness').classList.remove('likeness');
    }, () => {});
  }
}, { rootMargin: '200px' });
for (const image of document.querySelectorAll('.likeness a > img')) seen.observe(image);
})();
`;
