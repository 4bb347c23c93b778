import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/dashboard', component: () => import('./pages/DashboardPage.vue'), meta: { work: true, title: 'dashboard.title' } },
]

export default routes
