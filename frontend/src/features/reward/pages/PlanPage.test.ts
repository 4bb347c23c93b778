import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import { rewardKeys, type Plan } from '../queries/rewards'
import PlanPage from './PlanPage.vue'

const acting = ref('lab')
vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ me: ref({ acting_organisation_id: acting.value, person_id: 'p9' }), acting: ref(undefined), has: () => true }) }))
vi.mock('vue-router', () => ({ useRoute: () => ({ params: { id: 'plan' } }), onBeforeRouteLeave: () => undefined, onBeforeRouteUpdate: () => undefined }))
vi.mock('@/router', () => ({ setPageTitle: () => undefined }))

/** What the page says of a plan that waits for its two contributors, of whom these have claimed their entries. */
function shown(claimed: string[], state: Plan['state'] = 'proposed'): string {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  const contributors = ['p1', 'p2'].map((person_id) => ({ person_id, name: person_id, role: 'COMPLETER', weight: 1 }))
  client.setQueryData(rewardKeys.plan('plan'), { id: 'plan', state, number: 1, version: 1, contract_id: 'c', contract_name: '许可合同', owner_organisation_id: 'lab', owner_name: { zh: '所' }, rule: { base: 'TOTAL', floor_bps: 7000 }, contributors, actions: [] })
  client.setQueryData(rewardKeys.planSteps('plan'), { items: [] })
  client.setQueryData(['persons', 'lab', ''], { items: ['p1', 'p2', 'p3'].map((id) => ({ id, name: id, claimed: claimed.includes(id) })) })
  return mount(PlanPage, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' }, PlanStepDialog: true } } }).html()
}

it('tells who keeps a plan that waits of contributors who cannot confirm, with the way to invite them', () => {
  const says = '有贡献人尚未认领'
  expect(shown(['p1'])).toContain(says)
  expect(shown(['p1'])).toContain('/organisation#persons')
  expect(shown(['p1', 'p2'])).not.toContain(says) // p3 has no part in it
  expect(shown(['p1'], 'confirmed')).not.toContain(says)
  acting.value = 'plant'
  expect(shown(['p1'])).not.toContain(says)
})
