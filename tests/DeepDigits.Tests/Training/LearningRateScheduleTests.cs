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

    [Fact]
    public void StepsDownAreOneFactorEach()
    {
        var schedule = LearningRateSchedule.StepDown(0.5, 0.1);
        for (var step = 0; step < 100; step++)
            Assert.Equal(Math.Pow(0.5, step / 10), schedule.At(step, 100), 1e-7);
        Assert.Equal("times 0.5 after each 0.1", schedule.Description);
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.StepDown(0.5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.StepDown(1.5, 0.1));
    }

    [Fact]
    public void OneCycleRisesAndFalls()
    {
        var schedule = LearningRateSchedule.OneCycle(first: 0.04, rise: 0.25, last: 0.001);
        Assert.Equal(0.04f, schedule.At(0, 400), 1e-6);
        Assert.Equal(0.52f, schedule.At(50, 400), 1e-6);
        Assert.Equal(1f, schedule.At(100, 400), 1e-6);
        Assert.Equal((1 + 0.001f) / 2, schedule.At(250, 400), 1e-6);
        Assert.Equal(0.001f, schedule.At(400, 400), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.OneCycle(0.1, 1, 0));
    }
}
