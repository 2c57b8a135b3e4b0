"""From a document's text to its blocks: lines, headings, lists and tables."""
