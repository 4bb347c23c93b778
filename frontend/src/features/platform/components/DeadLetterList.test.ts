import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import type { Backlog, DeadLetter } from '../queries/operations'
import DeadLetterList from './DeadLetterList.vue'

const letter = (id: string, consumer: string): DeadLetter => ({ event_id: id, consumer, name: 'need.published', kind: 'need', subject_id: 'n1', attempts: 12, last_error: '554 refused', at: '2026-11-23T01:00:00Z' })
const backlog = (consumer: string, dead: number): Backlog => ({ consumer, waiting: 0, dead })
const again = vi.fn((_: string) => Promise.resolve({ queued: 37 }))
vi.mock('../queries/operations', async (original) => ({
  ...(await original<object>()),
  useDeadLetters: () => ({ data: ref({ pages: [{ items: [letter('e1', 'letters'), letter('e2', 'saved searches')] }] }), error: ref(null), refetch: vi.fn(), hasNextPage: ref(true), fetchNextPage: vi.fn(), isFetchingNextPage: ref(false) }),
  useBacklogs: () => ({ data: ref({ items: [backlog('letters', 37), backlog('saved searches', 1), backlog('search', 0)] }) }),
  useRetryDeadLetter: () => ({ isPending: ref(false), mutateAsync: vi.fn() }),
  useRetryDeadLetters: () => ({ isPending: ref(false), mutateAsync: again }),
}))
const list = () => mount(DeadLetterList, { global: { plugins: [i18n], stubs: { RouterLink: RouterLinkStub } } })

it('says in words what failed, and goes on', () => {
  const page = list()
  expect(page.text()).toContain('邮件 · 技术需求 need.published')
  expect(page.text()).toContain('保存的搜索')
  expect(page.findAll('button').map((each) => each.text())).toContain('载入更多')
})

it('sends again at once all that was given up for one, where it is several', async () => {
  const page = list()
  const all = page.findAll('button').filter((each) => each.text() === '全部再次发送')
  expect(all.map((each) => each.attributes('aria-label'))).toEqual(['邮件：全部再次发送'])
  await all[0]?.trigger('click')
  await flushPromises()
  expect(again).toHaveBeenCalledExactlyOnceWith('letters')
})
