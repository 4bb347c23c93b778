import { describe, expect, it } from 'vitest'
import { furthest } from './fate'

const at = '2026-11-29T00:00:00Z'

describe('what a proposal came to', () => {
  it('is nothing as long as nothing has become of it', () => {
    expect(furthest([])).toBeUndefined()
  })
  it('is the furthest of all, in whatever order they came', () => {
    expect(furthest([{ fate: 'introduced', at }, { fate: 'accepted', at }, { fate: 'declined', at }])).toEqual({ fate: 'accepted', tone: 'active' })
    expect(furthest([{ fate: 'signed', at }, { fate: 'introduced', at }])?.fate).toBe('signed')
  })
})
