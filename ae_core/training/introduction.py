"""What a training says of itself before its first step."""

from collections.abc import Mapping

import keras
import numpy as np

from ae_core.measuring import outliers
from ae_core.measuring.probe import Probe
from ae_core.messages import PhaseStart, Setup
from ae_core.settings import Settings
from ae_core.training import cache, execution
from ae_core.training.preprocessing import column_titles


def setup(
    run_id: str, settings: Settings, prepared: cache.PreparedTraining, probe: Probe, rates: Mapping[str, float]
) -> Setup:
    """What stays the same through a training.

    Args:
        run_id: Stands in the message.
        settings: The experiment.
        prepared: Its data and models.
        probe: What measures the held-out examples.
        rates: Rates that can be changed meanwhile, and their first values.
    """
    model, tables = prepared.model, prepared.data
    inputs, columns = probe.inputs_like(), prepared.info.columns
    if columns and not tables.spec.is_series:
        inputs.outlier = outliers.farthest(tables, [bool(one.category) for one in columns])
    phases, begin = [], 0
    for stage in prepared.stages:
        if stage.name:
            phases.append(PhaseStart(name=stage.name, epoch=begin))
        begin += stage.epochs
    return Setup(
        run_id=run_id,
        settings=settings.to_dict(),
        shape=list(tables.spec.shape),
        unit_range=tables.spec.unit_range,
        device=execution.device_name(),
        backend=keras.backend.backend(),
        parameters=cache.parameter_count(model),
        input_size=tables.spec.size,
        code_size=probe.code_size,
        code_shape=list(model.code_shape),
        class_names=list(prepared.info.class_names),
        loss_name=model.loss_name,
        terms=list(model.term_names),
        total_steps=sum(stage.steps for stage in prepared.stages),
        total_epochs=begin,
        steps_per_epoch=prepared.stages[-1].steps_per_epoch,
        phases=phases,
        live=dict(rates),
        notes=list(tables.notes),
        panels=probe.titles(),
        loss_floor=probe.loss_floor(),
        labels=probe.labels.astype(np.uint8).tobytes(),
        atlas=probe.atlas(),
        inputs=inputs,
        columns=column_titles(columns),
        rate=prepared.info.rate,
    )
