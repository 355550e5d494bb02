import { Button, Field, Input, makeStyles, Select, Switch, tokens } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { shortMonth } from '../../words.ts';
import { type Period, problemWith, usualPeriods, type Wanted } from './periods.ts';

const useStyles = makeStyles({
  chooser: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-end',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    '@media print': { display: 'none' },
  },
  period: { width: '480px', maxWidth: '100%', gridTemplateColumns: 'minmax(0, 1fr)' },
  select: { width: '100%', minWidth: 0, textOverflow: 'ellipsis' },
  dates: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-end',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
  },
});

const OTHER = 'other';

type Props = {
  readonly wanted: Wanted;
  /** The day it is for the organisation, as `YYYY-MM-DD`. */
  readonly today: string;
  readonly choose: (wanted: Wanted) => void;
};

/** Which days a report is on, and whether small numbers are hidden in it. */
export function Chooser({ wanted, today, choose }: Props) {
  const styles = useStyles();
  const periods = usualPeriods(today);
  const [wantsOther, setWantsOther] = useState(false);
  const usual = periods.find(({ from, to }) => from === wanted.from && to === wanted.to);
  const isOther = wantsOther || usual === undefined;
  return (
    <div className={styles.chooser}>
      <Field label="Period" className={styles.period}>
        <Select
          select={{ className: styles.select }}
          value={isOther ? OTHER : usual.id}
          onChange={(_, { value }) => {
            const chosen = periods.find(({ id }) => id === value);
            setWantsOther(chosen === undefined);
            if (chosen !== undefined) choose({ from: chosen.from, to: chosen.to, hide: wanted.hide });
          }}
        >
          {periods.map(({ id, name, from, to }) => (
            <option key={id} value={id}>
              {`${name}: ${shortMonth(from)} to ${shortMonth(to)}`}
            </option>
          ))}
          <option value={OTHER}>Other dates</option>
        </Select>
      </Field>
      {isOther && <Dates period={wanted} choose={({ from, to }) => choose({ from, to, hide: wanted.hide })} />}
      <Switch
        label="Hide numbers under 5"
        checked={wanted.hide}
        onChange={(_, { checked }) => choose({ ...wanted, hide: checked })}
      />
    </div>
  );
}

type DatesProps = { readonly period: Period; readonly choose: (period: Period) => void };

/** Any two days. */
function Dates({ period, choose }: DatesProps) {
  const styles = useStyles();
  const [typed, setTyped] = useState<Period>();
  const [problem, setProblem] = useState('');
  const { from, to } = typed ?? period;
  const show = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemWith({ from, to });
    setProblem(found);
    if (found !== '') return;
    setTyped(undefined);
    choose({ from, to });
  };
  return (
    <form className={styles.dates} onSubmit={show}>
      <Field label="First day">
        <Input type="date" value={from} onChange={(_, { value }) => setTyped({ from: value, to })} />
      </Field>
      <Field label="Last day" validationMessage={problem === '' ? undefined : problem}>
        <Input type="date" value={to} onChange={(_, { value }) => setTyped({ from, to: value })} />
      </Field>
      <Button type="submit">Show</Button>
    </form>
  );
}
