import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Chosen } from './chosen'

const achievement = (id: string): Chosen => ({ kind: 'achievement', id, title: `成果 ${id}` })
const need = (id: string): Chosen => ({ kind: 'need', id, title: `需求 ${id}` })

/** The choice as a freshly opened page finds it. */
async function opened() {
  vi.resetModules()
  return (await import('./chosen')).useChosen()
}

beforeEach(() => sessionStorage.clear())

describe('the listings chosen to be compared', () => {
  it('are chosen and left out by the same press', async () => {
    const { chosen, toggle } = await opened()
    expect(toggle(achievement('a'))).toBe('added')
    expect(toggle({ kind: 'package', id: 'a', title: '成果包' })).toBe('added')
    expect(toggle(achievement('a'))).toBe('removed')
    expect(chosen.value.map(({ kind }) => kind)).toEqual(['package'])
  })

  it('are four at most', async () => {
    const { chosen, toggle } = await opened()
    for (const id of ['a', 'b', 'c', 'd']) toggle(achievement(id))
    expect(toggle(achievement('e'))).toBe('full')
    expect(chosen.value).toHaveLength(4)
  })

  it('are of one side: the other is asked about, and begins anew or leaves all as it was', async () => {
    const { chosen, asked, toggle, keep, beginAnew } = await opened()
    toggle(achievement('a'))
    expect(toggle(need('n'))).toBe('other_side')
    keep()
    expect([asked.value, chosen.value.map(({ id }) => id)]).toEqual([undefined, ['a']])
    toggle(need('n'))
    beginAnew()
    expect([asked.value, chosen.value.map(({ id }) => id)]).toEqual([undefined, ['n']])
  })

  it('outlast a reload of the page', async () => {
    ;(await opened()).toggle(need('n'))
    expect((await opened()).chosen.value).toEqual([need('n')])
  })

  it('stay over the sign-in, and do not stay for the next who reads here', async () => {
    const { chosen, toggle, readBy } = await opened()
    readBy('')
    toggle(need('n'))
    readBy('account-1')
    expect(chosen.value).toHaveLength(1)
    readBy('')
    expect(chosen.value).toEqual([])
  })

  it('are none where the storage holds something else', async () => {
    sessionStorage.setItem('chengqiao.compare', '{"items":[{"kind":"deal","id":"d","title":"x"},null]}')
    expect((await opened()).chosen.value).toEqual([])
  })
})
