import { createTheme, defaultVariantColorsResolver, parseThemeColor, type VariantColorsResolver } from '@mantine/core'

/**
 * Badges, alerts and icons on a tint, and buttons that are all red: Mantine's own text on them misses 4.5 : 1 (on a tint for green, orange
 * and red).
 */
const readable: VariantColorsResolver = (input) => {
  if (input.variant === 'filled' && input.color === 'red')
    return defaultVariantColorsResolver({ ...input, color: 'red.9' })
  const colors = defaultVariantColorsResolver(input)
  const { isThemeColor, color } = parseThemeColor({
    color: input.color ?? input.theme.primaryColor,
    theme: input.theme,
  })
  if (input.variant !== 'light' || !isThemeColor) return colors
  return {
    ...colors,
    color: `light-dark(color-mix(in srgb, var(--mantine-color-${color}-9), black 25%), var(--mantine-color-${color}-1))`,
  }
}

/** Shades that keep 4.5 : 1 against their backgrounds in both schemes (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  variantColorResolver: readable,
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: '650' },
  components: {
    // In the middle of a sentence the colour alone would tell a link (WCAG 2.2, 1.4.1).
    Anchor: { defaultProps: { underline: 'always' } },
  },
})
