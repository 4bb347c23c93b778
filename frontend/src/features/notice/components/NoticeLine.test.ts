import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import type { Notice } from '../queries/notices'
import NoticeLine from './NoticeLine.vue'

const own = ref<{ id: string; name: { zh: string } }[]>([])
vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ organisations: own }) }))
vi.mock('../queries/notices', () => ({ noticeAddress: () => '/contracts/c1', useReadNotice: () => ({ mutate: vi.fn() }) }))

const [seeds, lab] = [{ id: 'o1', name: { zh: '金穗种业' } }, { id: 'o2', name: { zh: '农研院' } }]
beforeEach(() => (own.value = []))

function line(): string {
  const notice: Notice = { id: 'n1', code: 'contract_drafted', kind: 'contract', subject_id: 'c1', organisation_id: 'o1', title: '许可合同', at: '2026-11-30T02:00:00Z', read: false }
  return mount(NoticeLine, { props: { notice }, global: { plugins: [i18n], stubs: { RouterLink: { template: '<a><slot /></a>' } } } }).text()
}

it('does not name the only organisation one acts for, as if it had done it', () => {
  own.value = [seeds]
  expect(line()).not.toContain('金穗种业')
})

it('says for which it is where one acts for several', () => {
  own.value = [seeds, lab]
  expect(line()).toContain('发给金穗种业')
})
