"""Network, cargo and facts to hours and money per arc and component, with the ledger entry behind each."""
