import { Badge, type BadgeProps } from '@fluentui/react-components';
import {
  CheckmarkCircle16Filled,
  Flash16Filled,
  Info16Filled,
  Megaphone16Filled,
  Prohibited16Filled,
  QuestionCircle16Filled,
} from '@fluentui/react-icons';
import { VERDICT_NAMES } from '../../words.ts';
import type { Outcome } from './walk.ts';

type Verdict = Outcome['verdict'];

const LOOKS: Readonly<Record<Verdict, Pick<BadgeProps, 'color' | 'appearance' | 'icon'>>> = {
  information: { appearance: 'tint', color: 'informative', icon: <Info16Filled /> },
  yes: { appearance: 'tint', color: 'success', icon: <CheckmarkCircle16Filled /> },
  'yes-if': { appearance: 'tint', color: 'warning', icon: <CheckmarkCircle16Filled /> },
  'ask-first': { appearance: 'tint', color: 'warning', icon: <QuestionCircle16Filled /> },
  no: { appearance: 'tint', color: 'danger', icon: <Prohibited16Filled /> },
  report: { appearance: 'tint', color: 'danger', icon: <Megaphone16Filled /> },
  'act-now': { appearance: 'filled', color: 'danger', icon: <Flash16Filled /> },
};

type Props = { readonly verdict: Verdict; readonly size?: 'medium' | 'extra-large' };

/** How careful an answer asks its reader to be, in words and by a sign of its own. */
export function VerdictBadge({ verdict, size = 'medium' }: Props) {
  return (
    <Badge shape="rounded" size={size} {...LOOKS[verdict]}>
      {VERDICT_NAMES[verdict]}
    </Badge>
  );
}
