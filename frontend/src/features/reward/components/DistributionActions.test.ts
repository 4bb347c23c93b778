import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import type { Distribution } from '../queries/rewards'
import DistributionActions from './DistributionActions.vue'

const take = vi.hoisted(() => vi.fn<(body: unknown) => Promise<{ state: string }>>())
vi.mock('../queries/rewards', () => ({ useDistributionStep: () => ({ mutateAsync: take, isPending: ref(false) }) }))

beforeEach(() => take.mockReset().mockResolvedValue({ state: 'computed' }))

function offering(...actions: string[]) {
  const money = (amount: string) => ({ amount, currency: 'CNY' })
  const distribution = { id: 'd1', actions, split: { pool: money('700000.00'), shares: [{}, {}, {}] } } as unknown as Distribution
  return mount(DistributionActions, { props: { distribution }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]], stubs: { RouterLink: true, FileField: true } } })
}

it('asks for the reason before a payment that is held may go on, and sends it', async () => {
  const shown = offering('release')
  await shown.get('button').trigger('click')
  expect(take).not.toHaveBeenCalled()
  await shown.get('dialog textarea').setValue('所务会决定由单位承担成本')
  await shown.get('dialog form').trigger('submit')
  await flushPromises()
  expect(take).toHaveBeenCalledWith({ action: 'release', reason: '所务会决定由单位承担成本' })
})

it('says how much is paid to how many before it is approved', async () => {
  const shown = offering('approve')
  await shown.get('button').trigger('click')
  expect(shown.get('dialog').text()).toContain('3 位贡献人付款，合计 ¥700,000.00')
  expect(take).not.toHaveBeenCalled()
  await shown.get('dialog form').trigger('submit')
  await flushPromises()
  expect(take).toHaveBeenCalledWith({ action: 'approve' })
})

it('records no payment without its reference', async () => {
  const shown = offering('pay')
  await shown.get('form').trigger('submit')
  expect(take).not.toHaveBeenCalled()
  expect(shown.get('[role=alert]').text()).toContain('必填')
})

it('speaks of taking back, not of paying, where a refund goes back', () => {
  const money = (amount: string) => ({ amount, currency: 'CNY' })
  const distribution = { id: 'd1', type: 'REFUND', actions: ['pay'], split: { pool: money('-70000.00'), shares: [{}, {}, {}] } } as unknown as Distribution
  const shown = mount(DistributionActions, { props: { distribution }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]], stubs: { RouterLink: true, FileField: true } } })
  expect(shown.text()).toContain('收回，或在以后的发放中抵扣，合计 ¥70,000.00')
  expect(shown.get('button[type=submit]').text()).toBe('登记冲回')
  expect(shown.text()).not.toContain('付款')
})
