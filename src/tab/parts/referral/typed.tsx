import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  typed: {
    margin: 0,
    paddingLeft: tokens.spacingHorizontalM,
    borderLeft: `${tokens.strokeWidthThick} solid ${tokens.colorNeutralStroke1}`,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
});

/** What somebody typed, as they typed it, with their own lines. */
export function Typed({ children }: { readonly children: string }) {
  return (
    <p dir="auto" className={useStyles().typed}>
      {children}
    </p>
  );
}
