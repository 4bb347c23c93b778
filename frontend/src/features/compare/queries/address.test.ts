import { describe, expect, it } from 'vitest'
import { comparedAddress, readCompared } from './address'

describe('the address of a comparison', () => {
  it('is read as it was written', () => {
    const listings = [{ kind: 'achievement', id: 'a-1' } as const, { kind: 'package', id: 'p-2' } as const]
    const { query } = comparedAddress(listings)
    expect(query).toEqual({ ids: 'achievement:a-1,package:p-2' })
    expect(readCompared({ ids: String(query.ids) })).toEqual(listings)
  })

  it('keeps achievements and packages together and needs apart: the first tells the side', () => {
    expect(readCompared({ ids: 'need:n1,achievement:a1,need:n2' }).map(({ id }) => id)).toEqual(['n1', 'n2'])
    expect(readCompared({ ids: 'package:p1,need:n1,achievement:a1' }).map(({ id }) => id)).toEqual(['p1', 'a1'])
  })

  it('holds each listing once, and four at most', () => {
    expect(readCompared({ ids: 'need:1,need:1,need:2,need:3,need:4,need:5' }).map(({ id }) => id)).toEqual(['1', '2', '3', '4'])
  })

  it('opens with what makes sense in it', () => {
    expect(readCompared({ ids: 'deal:d1,need:,need:../x,,need:n1' })).toEqual([{ kind: 'need', id: 'n1' }])
    expect(readCompared({ ids: null })).toEqual([])
    expect(readCompared({})).toEqual([])
  })
})
