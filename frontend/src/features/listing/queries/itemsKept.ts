/**
 * A part of a form as it becomes: of a list the items that stay the same are those that `shown` has, so that who is
 * writing in one goes on in it wherever it comes to stand. `before` is what `shown` says, item by item.
 */
export function itemsKept<Part>(shown: Part, before: Part, after: Part): Part {
  if (!Array.isArray(shown) || !Array.isArray(before) || !Array.isArray(after) || shown.length !== before.length) return after
  const items: unknown[] = shown
  const left = before.map((item) => JSON.stringify(item))
  const kept = after.map((item: unknown): unknown => {
    const at = left.indexOf(JSON.stringify(item))
    if (at < 0) return item
    left[at] = ''
    return items[at]
  })
  return kept as Part
}
