import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/notices', component: () => import('./pages/NoticesPage.vue'), meta: { work: true, title: 'notice.title' } },
]

export default routes
