import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/notices', component: () => import('./pages/NoticesPage.vue'), meta: { work: true, title: 'notice.title' } },
  { path: '/unsubscribe', component: () => import('./pages/UnsubscribePage.vue'), meta: { title: 'notice.unsubscribe.title' } },
]

export default routes
