import type { Side } from './mergeAnswers'

export interface MergedList {
  items: unknown[]
  /** Both changed one item, and not to the same. */
  disputed: boolean
}

/** What one has done to a list, item by item of what it was; items are told apart by their texts. */
interface Edits {
  /** What became of each item: undefined where it stayed, null where it went. */
  became: (string | null | undefined)[]
  /** What was put in before each item, and at the end. */
  putIn: string[][]
}

/** The longest run of items that both lists have in this order, as pairs of places. */
function kept(before: string[], after: string[]): [number, number][] {
  const longest = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) longest[i]![j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) pairs.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return pairs
}

/** Null where items have changed places: nobody can tell then what was put where because of which neighbour. */
function editsOf(before: string[], after: string[]): Edits | null {
  const edits: Edits = { became: before.map(() => undefined), putIn: Array.from({ length: before.length + 1 }, () => []) }
  const gone = new Set<string>()
  const come: string[] = []
  let i = 0
  let j = 0
  for (const [keptAt, stands] of [...kept(before, after), [before.length, after.length] as const]) {
    for (; i < keptAt; i++) {
      gone.add(before[i] ?? '')
      const instead = j < stands ? after[j++] : undefined
      edits.became[i] = instead ?? null
      if (instead !== undefined) come.push(instead)
    }
    for (; j < stands; j++) {
      edits.putIn[i]?.push(after[j] ?? '')
      come.push(after[j] ?? '')
    }
    i = keptAt + 1
    j = stands + 1
  }
  return come.some((text) => gone.has(text)) ? null : edits
}

/** What a list can have once: a contributor, a result in a package, the evidence of a level. */
function identityOf(text: string): string | undefined {
  const item = JSON.parse(text) as { person_id?: string; achievement_id?: string; level?: unknown } | string
  if (typeof item !== 'object') return text
  const level = typeof item.level === 'number' ? String(item.level) : undefined // a requirement's level is a word, which many have
  return item.person_id ?? item.achievement_id ?? level
}

/**
 * Puts together what two have made of a list: each item is as who changed it left it, what either put in is there, and
 * an item that both changed is the preferred side's. Null where that would be no list that either could have meant.
 */
export function mergeLists(base: unknown[], mine: unknown[], theirs: unknown[], preferred: Side): MergedList | null {
  const [before, ours, others] = [base, mine, theirs].map((list) => list.map((item) => JSON.stringify(item))) as [string[], string[], string[]]
  const my = editsOf(before, ours)
  const their = editsOf(before, others)
  if (!my || !their) return null
  let disputed = false
  const texts: string[] = []
  for (let i = 0; i <= before.length; i++) {
    const put = their.putIn[i] ?? []
    texts.push(...put, ...(my.putIn[i] ?? []).filter((text) => !put.includes(text)))
    if (i === before.length) break
    const [a, b] = [my.became[i], their.became[i]]
    const both = a !== undefined && b !== undefined && a !== b
    disputed ||= both
    const chosen = both ? (preferred === 'mine' ? a : b) : a === undefined ? b : a
    const stands = chosen === undefined ? before[i] : chosen
    if (stands != null) texts.push(stands)
  }
  const once = texts.map(identityOf).filter((identity) => identity !== undefined)
  if (new Set(once).size < once.length) return null
  return { items: texts.map((text) => JSON.parse(text) as unknown), disputed }
}
