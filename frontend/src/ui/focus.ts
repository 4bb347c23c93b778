/** Where the focus was put because what had it was taken from the page. */
let standIn: Element | null = null

/** Puts the focus where nobody has asked for it, until somebody does. */
export function putInPlace(place: HTMLElement): void {
  if (place.tabIndex < 0) place.tabIndex = -1
  place.focus({ preventScroll: true })
  place.scrollIntoView?.({ block: 'nearest' })
  standIn = place
  place.addEventListener('blur', () => (standIn = null), { once: true }) // who comes back to it means it
}

/** Whether what had the focus is gone, so that who knows where it is wanted may take it there. */
export function focusIsLost(): boolean {
  return document.activeElement === document.body || document.activeElement === standIn
}
