"""Pure array functions: paths, trees, skims, loading and criticality on graphs of up to some ten million arcs.

Six words carry the code: ``tail``, ``head``, ``first_out``, ``weight``, ``rank``, ``order``. An arc's id is its
position in ``tail`` and ``head`` (int32). A weight is float64, never negative; ``inf`` means closed, NaN is an
error that the caller has to find. ``-1`` means none. Ties go to the lower arc id, so results do not depend on
threads or on the order in which work is done.

Every kernel takes arrays and returns arrays, raises nothing and knows no names. What is frozen (a graph, a
hierarchy) is a tuple of arrays; what needs scratch memory is a query object that serves one thread.

| module | answers |
| --- | --- |
| ``graph`` | arcs by node, permutations, strongly connected parts |
| ``dijkstra`` | trees and paths on any graph, without preparation |
| ``through`` | trees of one pair that stop early, sums along their paths |
| ``order`` | a nested dissection order of the nodes of a large graph |
| ``min_degree`` | an order of the nodes of a network with hubs |
| ``cch`` | customizable contraction hierarchy: supergraph and weights |
| ``changes`` | new weights for some arcs, and their exact undoing |
| ``paths`` | distance and path between two nodes |
| ``sweep`` | trees from many sources at once over a hierarchy |
| ``labels`` | matrices (skims) of one optimised and many accompanying attributes |
| ``loading`` | flows on arcs of all-or-nothing demand; select-link |
| ``alternatives`` | routes through anchors that differ enough |
| ``reach`` | isochrones, accessibility |
| ``critical`` | exact N-1: what every closure costs |
| ``critical_pairs`` | the same for few pairs on a large network |
| ``critical_choice`` | the same for logit choice among routes |
| ``critical_measures`` | the usual measures side by side |
| ``sphere`` | great-circle distances |
| ``warm`` | compiles everything once |
"""
