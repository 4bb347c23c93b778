import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import { contractKeys } from '../queries/contracts'
import ContractsPage from './ContractsPage.vue'

vi.mock('vue-router', () => ({ useRoute: () => ({ query: {} }) }))
vi.mock('@/features/taxonomy/useTaxonomies', () => ({ useTaxonomies: () => ({ name: () => '技术服务合同' }) }))

it('tells of each contract what it is worth and what has come in and stayed', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  const money = (amount: string) => ({ amount, currency: 'CNY' })
  const contract = (id: string, more: object) => ({ id, parties: [], state: 'signed', terms: { name: id, type: 'service', total: money('1000000.00') }, ...more })
  const items = [contract('甲', { received: money('500000.00'), refunded: money('100000.10') }), contract('乙', { state: 'draft' })]
  client.setQueryData(contractKeys.list(''), { pages: [{ items }], pageParams: [''] })
  const shown = mount(ContractsPage, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: { template: '<a><slot /></a>' } } } })
  const amounts = shown.findAll('tbody tr').map((row) => row.findAll('data').map((each) => each.text()))
  expect(amounts).toEqual([['¥1,000,000.00', '¥399,999.90'], ['¥1,000,000.00']])
})
