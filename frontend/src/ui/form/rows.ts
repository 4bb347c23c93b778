import { normalisePath } from './faults'

/** The row of the page where the answer at a path stands, or the one of what it is a part of. */
export function rowOf(path: string): HTMLElement | null {
  const wanted = normalisePath(path)
  const rows = [...document.querySelectorAll<HTMLElement>('[data-path]')]
  const of = (row: HTMLElement) => normalisePath(row.dataset.path ?? '')
  return rows.find((row) => of(row) === wanted) ?? rows.find((row) => wanted.startsWith(`${of(row)}.`)) ?? null
}

/** Takes who works on a form to the answer at a path. */
export function goTo(path: string): void {
  const row = rowOf(path)
  const control = row?.querySelector<HTMLElement>('input, textarea, select, button') ?? row
  for (let fold = row?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true
  control?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'center' })
}
