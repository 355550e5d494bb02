import { Field, Input, makeStyles, Select, Text, ToggleButton, tokens } from '@fluentui/react-components';
import { Checkmark16Filled, Filter20Regular, Search20Regular } from '@fluentui/react-icons';
import { useEffect, useId, useState } from 'react';
import type { DeskOrganisation } from '../../../web/desk/contract.ts';
import { STATUS_NAMES, URGENCY_NAMES } from '../../words.ts';
import { useMedia, WIDE } from '../media.ts';
import { filtersIn, LONGEST_SEARCH, NOBODY, STATUSES, URGENCIES, type View } from './view.ts';

type Named = DeskOrganisation['departments'][number];

type Props = {
  readonly view: View;
  change(part: Partial<View>): void;
  readonly organisation: DeskOrganisation;
  readonly owners: readonly Named[];
};

const useStyles = makeStyles({
  filters: { display: 'grid', gap: tokens.spacingVerticalS, '@media print': { display: 'none' } },
  fields: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(160px, 1fr))',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalS,
    alignItems: 'start',
  },
  search: { gridColumn: 'span 2' },
  // A long name in it must not make it wider than its place.
  narrow: { minWidth: 0, '& select, & input': { minWidth: 0, width: '100%' } },
  chips: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalL, rowGap: tokens.spacingVerticalS },
  group: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    border: 'none',
    margin: 0,
    padding: 0,
    minInlineSize: 0,
  },
  toggle: { gridColumn: '1 / -1', justifySelf: 'start' },
});

/** What to look for. On a phone all but the search is folded away until it is asked for. */
export function Filters({ view, change, organisation, owners }: Props) {
  const styles = useStyles();
  const isWide = useMedia(WIDE);
  const [isUnfolded, setUnfolded] = useState(false);
  const panel = useId();
  const isOpen = isWide || isUnfolded;
  const count = filtersIn(view);
  return (
    <search className={styles.filters}>
      <div className={styles.fields}>
        <Search text={view.search} word={organisation.departmentWord} change={(search) => change({ search })} />
        {!isWide && (
          <ToggleButton
            className={styles.toggle}
            icon={<Filter20Regular />}
            checked={isUnfolded}
            aria-expanded={isUnfolded}
            aria-controls={panel}
            onClick={() => setUnfolded(!isUnfolded)}
          >
            {count === 0 ? 'Filters' : `Filters (${count})`}
          </ToggleButton>
        )}
        {isOpen && (
          <>
            <Choice
              label="Category"
              every="Every category"
              chosen={view.category}
              from={organisation.categories}
              choose={(category) => change({ category })}
            />
            <Choice
              label={sentenceCase(organisation.departmentWord)}
              every="Everywhere"
              chosen={view.department}
              from={organisation.departments}
              choose={(department) => change({ department })}
            />
            <Choice
              label="Owner"
              every="Anybody"
              chosen={view.owner}
              from={[{ id: NOBODY, name: 'Nobody yet' }, ...owners]}
              choose={(owner) => change({ owner })}
            />
            <DayField label="Raised from" value={view.from} choose={(from) => change({ from })} />
            <DayField
              label="Raised to"
              value={view.to}
              choose={(to) => change({ to })}
              problem={isBackwards(view) ? 'This is before the first day.' : undefined}
            />
          </>
        )}
      </div>
      {isOpen && (
        <div className={styles.chips} id={panel}>
          <Chips
            label="Status"
            names={STATUS_NAMES}
            all={STATUSES}
            chosen={view.statuses}
            choose={(statuses) => change({ statuses })}
          />
          <Chips
            label="Urgency"
            names={URGENCY_NAMES}
            all={URGENCIES}
            chosen={view.urgencies}
            choose={(urgencies) => change({ urgencies })}
          />
        </div>
      )}
    </search>
  );
}

/** How long to wait for the next letter, in milliseconds. */
const PAUSE_MS = 300;

type SearchProps = { readonly text: string; readonly word: string; change(text: string): void };

/** What is typed counts once the reader pauses. */
function Search({ text, word, change }: SearchProps) {
  const styles = useStyles();
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  const [sent, setSent] = useState(text);
  // Another view was chosen. What comes back of what was typed must not undo what has been typed since.
  if (text !== known) {
    setKnown(text);
    if (text !== sent) setTyped(text);
  }
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => {
      setSent(typed);
      change(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, change]);
  return (
    <Field
      className={styles.search}
      label="Search"
      hint={`A reference, a ${word} or a person’s name. What people wrote is not searched.`}
    >
      <Input
        type="search"
        maxLength={LONGEST_SEARCH}
        contentBefore={<Search20Regular />}
        value={typed}
        onChange={(_, { value }) => setTyped(value)}
      />
    </Field>
  );
}

type ChoiceProps = {
  readonly label: string;
  /** What it is called when nothing is chosen. */
  readonly every: string;
  readonly chosen: string | undefined;
  readonly from: readonly Named[];
  choose(id: string | undefined): void;
};

function Choice({ label, every, chosen, from, choose }: ChoiceProps) {
  const styles = useStyles();
  return (
    <Field label={label} className={styles.narrow}>
      <Select value={chosen ?? ''} onChange={(_, { value }) => choose(value === '' ? undefined : value)}>
        <option value="">{every}</option>
        {from.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

type DayProps = {
  readonly label: string;
  readonly value: string | undefined;
  choose(day: string | undefined): void;
  readonly problem?: string | undefined;
};

function DayField({ label, value, choose, problem }: DayProps) {
  const styles = useStyles();
  return (
    <Field label={label} validationMessage={problem} className={styles.narrow}>
      <Input
        type="date"
        value={value ?? ''}
        onChange={(_, data) => choose(data.value === '' ? undefined : data.value)}
      />
    </Field>
  );
}

type ChipsProps<T extends string> = {
  readonly label: string;
  readonly names: Readonly<Record<T, string>>;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  choose(values: readonly T[]): void;
};

/** Several can be chosen. With none, all of them are shown. */
function Chips<T extends string>({ label, names, all, chosen, choose }: ChipsProps<T>) {
  const styles = useStyles();
  const name = useId();
  return (
    <fieldset className={styles.group} aria-labelledby={name}>
      <Text id={name}>{label}</Text>
      {all.map((value) => (
        <ToggleButton
          key={value}
          size="small"
          shape="circular"
          checked={chosen.includes(value)}
          icon={chosen.includes(value) ? <Checkmark16Filled /> : undefined}
          onClick={() =>
            choose(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value])
          }
        >
          {names[value]}
        </ToggleButton>
      ))}
    </fieldset>
  );
}

function isBackwards({ from, to }: View): boolean {
  return from !== undefined && to !== undefined && to < from;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
