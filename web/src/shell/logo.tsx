import { Group, Text } from '@mantine/core'

/** `short`: without the name where there is no room for it. */
export function Logo({ short = false }: { short?: boolean }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={28} height={28} />
      <Text fw={700} size="lg" visibleFrom={short ? 'xs' : undefined}>
        Postrider
      </Text>
    </Group>
  )
}
