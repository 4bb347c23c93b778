import { describe, expect, it } from 'vitest'
import { suggestionGroups } from './suggestionGroups'

const found = {
  keywords: [{ text: '电池', count: 5 }],
  listings: [{ id: '1', kind: 'need' as const, title: '电池回收' }],
  regions: [{ region: '650100', name: '乌鲁木齐市', count: 3 }],
  organisations: [],
}

describe('what stands under the search box', () => {
  it('completes what is typed, without empty groups', () => {
    const groups = suggestionGroups('电', found, ['玉米'])
    expect(groups.map(({ name }) => name)).toEqual(['keywords', 'regions', 'listings'])
    expect(groups[0]?.items[0]).toMatchObject({ words: '电池', count: 5 })
    expect(groups[1]?.items[0]).toMatchObject({ label: '乌鲁木齐市', count: 3, to: { path: '/search', query: { region: '650100' } } })
    expect(groups[2]?.items[0]).toMatchObject({ to: '/needs/1', kind: 'need' })
  })

  it('is what was searched for before while nothing is typed', () => {
    expect(suggestionGroups('', found, ['玉米'])).toEqual([{ name: 'recent', items: [{ key: 'r:玉米', label: '玉米', words: '玉米' }] }])
  })

  it('is nothing where nothing is known', () => expect(suggestionGroups('电', undefined, [])).toEqual([]))
})
