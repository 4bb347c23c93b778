import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/platform/organisations', component: () => import('./pages/VerificationPage.vue'), meta: { work: true, title: 'shell.nav.verification' } },
  { path: '/platform/operations', component: () => import('./pages/OperationsPage.vue'), meta: { work: true, title: 'shell.nav.operations' } },
]

export default routes
