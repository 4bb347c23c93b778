import { describe, expect, it } from 'vitest'
import type { Duplicate } from './duplicates'
import { nextOf, pairsAfter } from './nextPair'

/** A pair named by its two listings. */
function pair(both: string, actions = ['merge', 'keep_apart']): Duplicate {
  return { id: both, actions, sides: [...both].map((id) => ({ id })) } as Duplicate
}
const ids = (pairs: Duplicate[]) => pairs.map((each) => each.id)

describe('the pair after one', () => {
  const list = [pair('ab'), pair('cd'), pair('ef', []), pair('gh')]

  it('is the next of the list, and after the last one the first', () => {
    expect(ids(pairsAfter(list, 'cd'))).toEqual(['gh', 'ab'])
    expect(ids(pairsAfter(list, 'gh'))).toEqual(['ab', 'cd'])
  })

  it('is the first of the list for a pair that is not in it', () => expect(ids(pairsAfter(list, 'xy'))).toEqual(['ab', 'cd', 'gh']))

  it('is none where the reader decides on no other', () => expect(pairsAfter([pair('ab'), pair('ef', [])], 'ab')).toEqual([]))
})

describe('what to go on with', () => {
  it('keeps the order in which the list stood', () => expect(nextOf([pair('gh'), pair('ab')], [pair('ab'), pair('gh')])?.id).toBe('gh'))

  it('passes over what was decided meanwhile', () => expect(nextOf([pair('gh'), pair('ij')], [pair('ab'), pair('ij')])?.id).toBe('ij'))

  it('is what is new once all of the order is done', () => expect(nextOf([pair('gh')], [pair('ab')])?.id).toBe('ab'))

  it('is no pair with a listing that has gone', () => expect(nextOf([pair('bc'), pair('de')], [pair('bc'), pair('de')], 'b')?.id).toBe('de'))
})
