import { describe, expect, it } from 'vitest'
import { facetTree, withChosen } from './facetTree'

const xinjiang = { code: '650000', label: '新疆', count: 3 }
const urumqi = { code: '650100', label: '乌鲁木齐', count: 2, parent: '650000' }

describe('the values of a facet', () => {
  it('hang below the whole they are part of', () => expect(facetTree([xinjiang, urumqi])[1]?.parent).toBe('650000'))

  it('stand for themselves where the whole is missing', () => expect(facetTree([urumqi])[0]?.parent).toBeUndefined())

  it('keep what is chosen although nothing has it', () => {
    const values = withChosen([xinjiang], ['650000', '659001'], () => ({ label: '石河子', parent: '650000' }))
    expect(values).toEqual([xinjiang, { code: '659001', label: '石河子', count: 0, parent: '650000' }])
  })
})
