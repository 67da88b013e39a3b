namespace DeepDigits.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void SchedulesAreTheirFormulas()
    {
        for (var step = 0; step <= 100; step++)
        {
            Assert.Equal(1f, LearningRateSchedule.Constant.At(step, 100));
            Assert.Equal(1 - step / 100f, LearningRateSchedule.Linear.At(step, 100), 1e-6);
            Assert.Equal((1 + Math.Cos(Math.PI * step / 100)) / 2, LearningRateSchedule.Cosine.At(step, 100), 1e-6);
        }
    }

    [Fact]
    public void AWarmUpRisesAndThenHandsOver()
    {
        var schedule = LearningRateSchedule.Linear.AfterWarmUp(0.2);
        Assert.Equal(0f, schedule.At(0, 100));
        Assert.Equal(0.5f, schedule.At(10, 100), 1e-6);
        Assert.Equal(1f, schedule.At(20, 100), 1e-6);
        Assert.Equal(0.5f, schedule.At(60, 100), 1e-6);
        Assert.Equal("warm-up 0.2, then linear to zero", schedule.Description);
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear.AfterWarmUp(1));
    }
}
