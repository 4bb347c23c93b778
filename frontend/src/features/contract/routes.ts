import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/contracts', component: () => import('./pages/ContractsPage.vue'), meta: { work: true, title: 'contract.contracts' } },
  { path: '/contracts/:id', component: () => import('./pages/ContractPage.vue'), meta: { work: true, title: 'contract.contract' } },
  { path: '/contracts/:id/edit', component: () => import('./pages/ContractFormPage.vue'), meta: { work: true, title: 'contract.edit' } },
  { path: '/deals/:dealId/contract', component: () => import('./pages/ContractFormPage.vue'), meta: { work: true, title: 'contract.draft' } },
]

export default routes
