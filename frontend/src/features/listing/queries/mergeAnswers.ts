/** What a form says, answer by answer, as it is sent. */
export type Answers = Record<string, unknown>

export type Side = 'mine' | 'theirs'

export interface Merged {
  answers: Answers
  /** What they changed and I did not: it is in the answers. */
  joined: string[]
  /** What both changed, and not to the same. */
  disputed: string[]
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * Puts together what two have made of one draft since it said `base`: each answer is that of who changed it, and of
 * what both changed that of the preferred side.
 */
export function mergeAnswers(base: Answers, mine: Answers, theirs: Answers, preferred: Side): Merged {
  const merged: Merged = { answers: {}, joined: [], disputed: [] }
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const unchanged = same(theirs[name], base[name]) || same(theirs[name], mine[name])
    const disputed = !unchanged && !same(mine[name], base[name])
    if (disputed) merged.disputed.push(name)
    else if (!unchanged) merged.joined.push(name)
    const value = unchanged || (disputed && preferred === 'mine') ? mine[name] : theirs[name]
    if (value !== undefined) merged.answers[name] = value
  }
  return merged
}
