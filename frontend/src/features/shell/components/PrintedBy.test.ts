import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { meKey, type Me } from '@/features/account/queries/session'
import { i18n } from '@/i18n'
import PrintedBy from './PrintedBy.vue'

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T01:00:00Z') }))
afterEach(() => vi.useRealTimers())

function printed(me: Partial<Me>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(meKey, { signed_in: true, name: '林晓', ...me })
  return mount(PrintedBy, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
}

it('says who prints, for whom, and when that is', async () => {
  const paper = printed({ acting_organisation_id: 'o1', organisations: [{ id: 'o1', name: { zh: '绿洲研究院' }, roles: ['inventor'] }] as Me['organisations'] })
  vi.setSystemTime(new Date('2026-11-23T06:05:00Z'))
  window.dispatchEvent(new Event('beforeprint'))
  await nextTick()
  expect(paper.text()).toBe('林晓 · 绿洲研究院 · 打印于 2026年11月23日 14:05')
})

it('names the person alone who acts for nobody', () => expect(printed({}).text()).toBe('林晓 · 打印于 2026年11月23日 09:00'))
