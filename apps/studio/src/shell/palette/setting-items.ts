import { useQuery } from '@tanstack/react-query'
import { SlidersHorizontal } from 'lucide-react'
import { useMay, useSession } from '../../session/session-context'
import type { PaletteItem } from './palette-item'

/** The settings by name, and by what they are for. */
export function useSettingItems(): readonly PaletteItem[] {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['palette', 'settings'],
    queryFn: () => admin.listSettings(),
    enabled: useMay('settings:read'),
    staleTime: 60_000,
    retry: false,
  })
  return (data?.options ?? []).map(({ path, help }) => ({
    id: `setting ${path}`,
    group: 'Settings',
    title: path,
    detail: help,
    icon: SlidersHorizontal,
    href: `/operate/settings?q=${encodeURIComponent(path)}`,
  }))
}
